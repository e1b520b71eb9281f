//! The log: who said what, with what is hidden put back in place.

use sotto_shared::pii::{PlaceholderMap, Segment, segments, stable_len};
use sotto_shared::wire::conversation::TRAINED_ALGORITHMIC_MEDIA;
use sotto_shared::wire::stream::{Author, Source};

use super::data::reviewed;
use super::icon;
use crate::action::Action;
use crate::app::{App, View};
use crate::dom::{El, el, icon_button, said, text};
use crate::markup::{Block, Renderer, parse, values};
use crate::state::talk::{Message, Phase, State};
use crate::texts::{Text, Texts};

/// How near to its end, in pixels, the log counts as being read to the end.
const NEAR: i32 = 48;

/// What stays free above the newest question, in pixels.
const GAP: i32 = 12;

/// Builds the log.
pub(super) fn talk(app: &App) -> El {
    let settings = app.settings();
    let texts = &settings.texts;
    let site = &settings.site;

    // A finished message is announced once, by the panel's status element; were the log itself
    // live, every piece of a stream would be read out.
    let log =
        el("div.log|role=log|aria-live=off").name(texts, Text::LogLabel).with("tabindex", "0");
    log.put_said("p.disclosure", texts, Text::Disclosure);
    let greeting = bubble(texts, Author::Ai);
    let words = site.greeting.as_deref().unwrap_or(texts.get(Text::Greeting));
    let own_lang = if site.greeting.is_some() { &site.lang } else { &texts.lang };
    greeting.put(&text("p", words).with("lang", own_lang).with("dir", "auto"));
    log.put(&greeting);

    let starters =
        el("div.starters|role=group").name(texts, Text::StartersLabel).with("lang", &site.lang);
    for starter in &site.starters {
        starters.put(&text("button|type=button|dir=auto", starter).does(Action::Starter));
    }
    log.put(&starters);
    let rows = el("div.rows");
    log.put(&rows);
    let waiting = el("p.waiting");
    log.put(&waiting);
    let review = el("p.foot");
    log.put(&review);

    follow(app, Log { log: log.clone(), rows, starters, waiting });
    app.follow(move |app| {
        let told = reviewed(&app.settings(), &app.standing.get());
        review.set_text_content(told.as_deref());
    });
    log
}

struct Log {
    log: El,
    rows: El,
    starters: El,
    waiting: El,
}

/// A message as it stands in the log.
struct Row {
    id: String,
    revision: u32,
    state: State,
    element: El,
    body: El,
    foot: El,
    blocks: Vec<Block>,
}

fn follow(app: &App, view: Log) {
    let mut shown: Vec<Row> = Vec::new();
    let mut phase = Phase::Idle;
    app.follow(move |app| {
        let settings = app.settings();
        let texts = &settings.texts;
        let at_end =
            view.log.scroll_height() - view.log.scroll_top() - view.log.client_height() < NEAR;
        let map = app.map();
        let mut asked = false;
        let mut question = None;
        let busy = app.busy.get();
        app.talk.with(|talk| {
            // Everything from the first row that is another message is drawn anew.
            let same = shown
                .iter()
                .zip(&talk.messages)
                .take_while(|(row, known)| row.id == known.id)
                .count();
            while shown.len() > same {
                if let Some(row) = shown.pop() {
                    row.element.remove();
                }
            }
            let last = talk.messages.len().saturating_sub(1);
            let repeatable = talk.question().is_some_and(|it| it.state != State::Removed);
            for (place, message) in talk.messages.iter().enumerate() {
                if shown.len() == place {
                    let row = Row::new(texts, message);
                    view.rows.put(&row.element);
                    asked |= message.author == Author::Visitor;
                    shown.push(row);
                }
                let Some(row) = shown.get_mut(place) else { continue };
                let is_last = place == last;
                if message.author == Author::Visitor {
                    question = Some(row.element.clone());
                }
                row.element.set("class", class(message.author, is_last && repeatable));
                if row.revision != message.revision {
                    let ended = row.state == State::Running && message.state != State::Running;
                    row.draw(texts, message, &map);
                    if ended {
                        app.spoken.set(row.spoken(texts));
                    }
                }
            }
            view.starters.show(talk.messages.is_empty() && !busy);
            let streaming = talk.phase == Phase::Streaming;
            view.log.state("aria-busy", streaming);
            let words = match talk.phase {
                Phase::Idle if busy => Text::Loading,
                Phase::Idle | Phase::Streaming | Phase::Waiting => Text::Waiting,
                Phase::Reconnecting => Text::Reconnecting,
            };
            let empty = talk.messages.last().is_some_and(|message| message.text.is_empty());
            let waits = match talk.phase {
                Phase::Idle => busy,
                Phase::Streaming => empty,
                Phase::Waiting | Phase::Reconnecting => true,
            };
            view.waiting.show(waits);
            if phase != talk.phase || busy {
                view.waiting.set_text_content(Some(texts.get(words)));
                if waits {
                    app.spoken.set(texts.get(words).into());
                }
                phase = talk.phase;
            }
        });
        if (at_end || asked) && app.view.get() == View::Talk {
            // Of a reply that is longer than the log the beginning is in view: the newest question
            // goes no further than to the top.
            let top = question.map(|question| question.offset_top() - view.log.offset_top() - GAP);
            view.log.set_scroll_top(top.unwrap_or(i32::MAX).min(view.log.scroll_height()));
        }
    });
}

impl Row {
    fn new(texts: &Texts, message: &Message) -> Self {
        let element = bubble(texts, message.author).with(Action::SUBJECT, &message.id);
        let body = el("div.body|dir=auto");
        let foot = el("div.foot");
        element.put(&body);
        element.put(&foot);
        Self {
            id: message.id.clone(),
            // Not the message's revision: the first look draws it.
            revision: message.revision.wrapping_sub(1),
            state: message.state,
            element,
            body,
            foot,
            blocks: Vec::new(),
        }
    }

    fn draw(&mut self, texts: &Texts, message: &Message, map: &PlaceholderMap) {
        if message.author == Author::Visitor {
            self.body.clear();
            values(&self.body, &message.text, map);
        } else {
            let growing = message.state == State::Running;
            let end = if growing { stable_len(&message.text) } else { message.text.len() };
            let holds = |text: &str| {
                segments(text, map).any(|segment| !matches!(segment, Segment::Text(_)))
            };
            let blocks = parse(message.text.get(..end).unwrap_or_default(), growing, &holds);
            let renderer = Renderer { map, opens_window: texts.get(Text::OpensWindow) };
            renderer.update(&self.body, &mut self.blocks, blocks);
        }
        self.foot.clear();
        foot(&self.foot, texts, message);
        self.revision = message.revision;
        self.state = message.state;
    }

    /// What a screen reader is told when the message has ended.
    fn spoken(&self, texts: &Texts) -> String {
        let words = self.body.text_content().unwrap_or_default();
        [texts.get(Text::AiSaid), " ", &words].concat()
    }
}

/// A bubble that says who wrote it.
fn bubble(texts: &Texts, author: Author) -> El {
    let article = el("article").with("class", class(author, false));
    let whose = match author {
        Author::Visitor => Text::YouSaid,
        Author::Ai => Text::AiSaid,
        Author::Human => Text::HumanSaid,
        Author::System => Text::SystemSaid,
    };
    let who = el("p.who").add(&said("span.unseen", texts, whose));
    if author == Author::Ai {
        article.set("data-ai-generated", "true");
        article.set("ai-disclosure", "ai-generated");
        article.set("data-digital-source-type", TRAINED_ALGORITHMIC_MEDIA);
        who.put_said("span.tag|aria-hidden=true", texts, Text::Ai);
    }
    article.add(&who)
}

const fn class(author: Author, last: bool) -> &'static str {
    match (author, last) {
        (Author::Visitor, _) => "own",
        (_, true) => "reply last",
        (_, false) => "reply",
    }
}

/// What stands under a message: how it ended, its sources, what can be done with it.
fn foot(foot: &El, texts: &Texts, message: &Message) {
    let earlier = message.author != Author::Visitor;
    let note = match message.state {
        State::Unsent => Some(Text::Unsent),
        State::Cut => Some(Text::Cut),
        State::Stopped => Some(Text::Stopped),
        State::Interrupted => Some(Text::Interrupted),
        State::Withheld => Some(Text::Withheld),
        State::Removed => Some(Text::Removed),
        State::Sending | State::Running | State::Complete => None,
    };
    let corrected = if earlier { Text::AnswersEarlier } else { Text::Edited };
    for note in note.into_iter().chain(message.corrected.then_some(corrected)) {
        foot.put_said("p.note", texts, note);
    }
    if !message.sources.is_empty() {
        foot.put(&sources(texts, &message.sources));
    }
    let tools = el("div.tools");
    for (shape, label, action) in TOOLS {
        if offers(message, action) {
            let tool = icon_button(shape, texts, label, action);
            if action == Action::Again {
                tool.set("class", "icon again");
            }
            tools.put(&tool);
        }
    }
    foot.put(&tools);
}

/// What can be done with a message.
const TOOLS: [(&str, Text, Action); 5] = [
    (icon::COPY, Text::Copy, Action::Copy),
    (icon::EDIT, Text::Edit, Action::Edit),
    (icon::AGAIN, Text::Again, Action::Again),
    (icon::PERSON, Text::Review, Action::AskReview),
    (icon::REMOVE, Text::Remove, Action::AskRemove),
];

/// Whether this message offers it. Of replies only the last shows that it can be had anew.
fn offers(message: &Message, action: Action) -> bool {
    let own = message.author == Author::Visitor;
    match message.state {
        State::Sending | State::Running | State::Removed => false,
        State::Unsent => action == Action::Again,
        State::Complete | State::Cut | State::Stopped | State::Interrupted | State::Withheld => {
            match action {
                Action::Edit => own,
                Action::Copy | Action::Again | Action::AskReview => !own,
                _ => true,
            }
        }
    }
}

fn sources(texts: &Texts, sources: &[Source]) -> El {
    let list = el("ul");
    for source in sources {
        list.put(&text("li|dir=auto", &source.title));
    }
    el("div.sources").add(&said("p", texts, Text::Sources)).add(&list)
}
