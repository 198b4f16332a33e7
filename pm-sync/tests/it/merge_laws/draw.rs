//! Choices out of random numbers: the same numbers always make the same world, and zeros make the plainest one.

/// A supply of choices. When it is used up, every choice is the first one.
#[derive(Debug)]
pub(crate) struct Draw<'a> {
    numbers: &'a [u64],
    left: u64,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(numbers: &'a [u64]) -> Self {
        Self { numbers, left: 0 }
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap();
        if self.left < count
            && let Some((first, rest)) = self.numbers.split_first()
        {
            (self.left, self.numbers) = (*first, rest);
        }
        let drawn = self.left % count;
        self.left /= count;
        usize::try_from(drawn).unwrap()
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of some.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Some of some, perhaps none.
    pub(crate) fn some_of<T: Copy>(&mut self, choices: &[T]) -> Vec<T> {
        choices.iter().copied().filter(|_| self.below(2) == 1).collect()
    }
}
