//! Lists that are short as a rule.

/// A list whose first `N` items need no allocation.
pub(super) struct Short<T, const N: usize> {
    inline: [T; N],
    pub(super) length: usize,
    /// All items, once there are more than `N`.
    heap: Vec<T>,
}

impl<T: Copy + Default, const N: usize> Default for Short<T, N> {
    fn default() -> Self {
        Self { inline: [T::default(); N], length: 0, heap: Vec::new() }
    }
}

impl<T: Copy + Default, const N: usize> Short<T, N> {
    pub(super) fn as_slice(&self) -> &[T] {
        if self.heap.is_empty() {
            self.inline.get(..self.length).unwrap_or_default()
        } else {
            &self.heap
        }
    }

    pub(super) fn push(&mut self, item: T) {
        match self.inline.get_mut(self.length) {
            Some(free) if self.heap.is_empty() => {
                *free = item;
                self.length += 1;
            }
            _ => self.extend(&[item]),
        }
    }

    pub(super) fn extend(&mut self, items: &[T]) {
        let length = self.length + items.len();
        match self.inline.get_mut(self.length..length) {
            Some(free) if self.heap.is_empty() => free.copy_from_slice(items),
            _ => {
                if self.heap.is_empty() {
                    self.heap.extend_from_slice(self.inline.get(..self.length).unwrap_or_default());
                }
                self.heap.extend_from_slice(items);
            }
        }
        self.length = length;
    }

    /// Drops the last items; some remain.
    pub(super) fn truncate(&mut self, length: usize) {
        self.heap.truncate(length);
        self.length = length;
    }
}
