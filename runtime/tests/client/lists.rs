//! Actions whose results come in pages, one for each way to ask for the next page.

use bindery_runtime::record;
use bindery_runtime::support::{Action, Operation, Paged, Pagination, Slot};

use crate::actions::{
    DescribeUserInfo, DescribeUserInfoOutput, UserErrorCode, UserInformation, input,
};

/// Reads pages from an offset. Some actions take both of its members as text.
pub(crate) struct ListByOffset {
    pub(crate) offset: Option<String>,
    pub(crate) limit: Option<i64>,
}

record! {
    ListByOffset {
        0 => offset: "Offset",
        1 => limit: "Limit",
    }
}

impl Action for ListByOffset {
    type Output = DescribeUserInfoOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        name: "ListByOffset",
        ..DescribeUserInfo::OPERATION
    };
}

impl Paged for ListByOffset {
    type Item = UserInformation;

    const PAGINATION: Pagination = Pagination::Offset {
        offset: "Offset",
        limit: "Limit",
        default_size: 20,
        max_size: Some(100),
        total: Some(&["Total"]),
    };

    fn input(&mut self, name: &str) -> Slot<'_> {
        input(self, name)
    }

    fn items(page: &mut DescribeUserInfoOutput) -> Option<&mut Vec<UserInformation>> {
        Some(&mut page.user_list)
    }
}

/// Reads pages by their numbers, which begin with 1, and has no total.
pub(crate) struct ListByNumber {
    pub(crate) page: Option<i64>,
    pub(crate) size: Option<u64>,
}

record! {
    ListByNumber {
        0 => page: "Page",
        1 => size: "Size",
    }
}

impl Action for ListByNumber {
    type Output = DescribeUserInfoOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        name: "ListByNumber",
        ..DescribeUserInfo::OPERATION
    };
}

impl Paged for ListByNumber {
    type Item = UserInformation;

    const PAGINATION: Pagination = Pagination::Number {
        page: "Page",
        first: 1,
        size: "Size",
        default_size: 6,
        max_size: Some(100),
        total: None,
    };

    fn input(&mut self, name: &str) -> Slot<'_> {
        input(self, name)
    }

    fn items(page: &mut DescribeUserInfoOutput) -> Option<&mut Vec<UserInformation>> {
        Some(&mut page.user_list)
    }
}

/// Reads pages by a number from the page before, which is 0 on the last one.
pub(crate) struct ListByNext {
    pub(crate) next: Option<u64>,
    pub(crate) limit: Option<u64>,
}

record! {
    ListByNext {
        0 => next: "Next",
        1 => limit: "Limit",
    }
}

pub(crate) struct ListByNextOutput {
    pub(crate) user_list: Vec<UserInformation>,
    pub(crate) next: Option<u64>,
}

record! {
    ListByNextOutput {
        0 => user_list: "UserList",
        1 => next: "Next",
    }
}

impl Action for ListByNext {
    type Output = ListByNextOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        name: "ListByNext",
        ..DescribeUserInfo::OPERATION
    };
}

impl Paged for ListByNext {
    type Item = UserInformation;

    const PAGINATION: Pagination = Pagination::Token {
        token: "Next",
        next: &["Next"],
        limit: Some("Limit"),
        default_size: 100,
    };

    fn input(&mut self, name: &str) -> Slot<'_> {
        input(self, name)
    }

    fn items(page: &mut ListByNextOutput) -> Option<&mut Vec<UserInformation>> {
        Some(&mut page.user_list)
    }
}

/// Reads pages with tokens.
pub(crate) struct ListByToken {
    pub(crate) next_token: Option<String>,
}

record! {
    ListByToken {
        0 => next_token: "NextToken",
    }
}

pub(crate) struct ListByTokenOutput {
    pub(crate) names: Vec<String>,
    pub(crate) next: Option<Next>,
}

record! {
    ListByTokenOutput {
        0 => names: "Names",
        1 => next: "Next",
    }
}

pub(crate) struct Next {
    pub(crate) token: Option<String>,
}

record! {
    Next {
        0 => token: "Token",
    }
}

impl Action for ListByToken {
    type Output = ListByTokenOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        name: "ListByToken",
        ..DescribeUserInfo::OPERATION
    };
}

impl Paged for ListByToken {
    type Item = String;

    const PAGINATION: Pagination = Pagination::Token {
        token: "NextToken",
        next: &["Next", "Token"],
        limit: None,
        default_size: 20,
    };

    fn input(&mut self, name: &str) -> Slot<'_> {
        input(self, name)
    }

    fn items(page: &mut ListByTokenOutput) -> Option<&mut Vec<String>> {
        Some(&mut page.names)
    }
}
