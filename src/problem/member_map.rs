//! [`MemberMap`]: the members of a document, or the fields of an error, in order.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

/// Members with distinct names, in the order in which they were first set.
///
/// Few documents have more than a handful, so they are searched one by one; beyond that they are indexed, so that
/// thousands of them take linear time.
#[derive(Clone, Default)]
pub(crate) struct MemberMap {
    members: Vec<Member>,
    /// The position of each member, if there are many.
    #[expect(
        clippy::box_collection,
        reason = "nearly every document has none, and should not be larger for it"
    )]
    index: Option<Box<HashMap<Cow<'static, str>, usize>>>,
}

/// A name and a value.
pub(crate) type Member = (Cow<'static, str>, Value);

/// How many members are searched one by one.
const FEW: usize = 32;

impl MemberMap {
    /// Sets a member in its place, and returns its previous value.
    pub(crate) fn set(&mut self, name: Cow<'static, str>, value: Value) -> Option<Value> {
        if let Some(at) = self.position(&name) {
            return Some(std::mem::replace(&mut self.members[at].1, value));
        }
        if self.members.len() >= FEW {
            let members = self.members.iter().enumerate();
            let index = self.index.get_or_insert_with(|| {
                Box::new(members.map(|(at, (name, _))| (name.clone(), at)).collect())
            });
            index.insert(name.clone(), self.members.len());
        }
        self.members.push((name, value));
        None
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.position(name)?;
        self.index = None;
        Some(self.members.remove(at).1)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.position(name).map(|at| &self.members[at].1)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Member> {
        self.members.iter()
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.members.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn into_vec(self) -> Vec<Member> {
        self.members
    }

    fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.members.iter().position(|(known, _)| known == name),
        }
    }
}

/// A later member replaces an earlier one of the same name.
impl Extend<Member> for MemberMap {
    fn extend<I: IntoIterator<Item = Member>>(&mut self, members: I) {
        for (name, value) in members {
            self.set(name, value);
        }
    }
}

impl FromIterator<Member> for MemberMap {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Self {
        let mut map = Self::default();
        map.extend(members);
        map
    }
}

impl PartialEq for MemberMap {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

impl fmt::Debug for MemberMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.members, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_keeps_its_place_whether_there_are_few_or_many() {
        for count in [3, FEW, FEW + 1, 5 * FEW] {
            let member = |at: usize, value: usize| (Cow::Owned(format!("m{at}")), value.into());
            let mut map: MemberMap = (0..count).map(|at| member(at, at)).collect();
            map.extend((0..count).rev().map(|at| member(at, at + 1)));
            assert_eq!(map.remove("m1"), Some(2.into()));
            assert_eq!(map.remove("m1"), None);
            assert_eq!(map.get("m2"), Some(&3.into()));
            assert_eq!(map.set("m1".into(), 7.into()), None);
            assert_eq!(map.set("m1".into(), 8.into()), Some(7.into()));
            let names: Vec<_> = map
                .iter()
                .map(|(name, _)| name.clone().into_owned())
                .collect();
            let expected = (0..count).filter(|at| *at != 1).chain([1]);
            assert_eq!(
                names,
                expected.map(|at| format!("m{at}")).collect::<Vec<_>>()
            );
        }
    }
}
