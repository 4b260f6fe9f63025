//! Takes a stream of bytes apart into server-sent events, wherever it is cut into chunks.
//!
//! It follows the [HTML standard] but for the end of the stream: an event that no blank line
//! follows is one nonetheless, since vendors leave out the last one. The field `retry` is passed
//! over, because a stream cannot be joined again: the request was signed for one time.
//!
//! [HTML standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html

use std::borrow::Cow;
use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// An event, with its data still in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RawEvent {
    pub(crate) data: Vec<u8>,
    /// The last id that the stream has given, which all events until the next one share.
    pub(crate) id: Option<Arc<str>>,
    /// The kind of the event, where it is not the usual one.
    pub(crate) name: Option<String>,
}

/// An event is larger than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

#[derive(Debug)]
pub(crate) struct Parser {
    max_event_bytes: usize,
    /// The line that has not ended yet.
    line: Vec<u8>,
    is_first_line: bool,
    /// Whether the last byte was a carriage return, so that a line feed belongs to it.
    after_return: bool,
    /// The event that has not ended yet; a line feed follows each line of its data.
    event: RawEvent,
    events: VecDeque<RawEvent>,
}

impl RawEvent {
    /// How many bytes it holds.
    pub(crate) fn len(&self) -> usize {
        let id = self.id.as_deref().map_or(0, str::len);
        let name = self.name.as_deref().map_or(0, str::len);
        self.data.len() + id + name
    }
}

impl Parser {
    pub(crate) fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            line: Vec::new(),
            is_first_line: true,
            after_return: false,
            event: RawEvent::default(),
            events: VecDeque::new(),
        }
    }

    /// Takes in what comes next.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<(), TooLarge> {
        let mut rest = chunk;
        if let [first, after @ ..] = rest {
            if self.after_return && *first == b'\n' {
                rest = after;
            }
            self.after_return = false;
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            let (line, ending) = rest.split_at(end);
            self.extend_line(line)?;
            self.end_line();
            rest = match ending {
                [b'\r', b'\n', rest @ ..] => rest,
                _ => &ending[1..],
            };
            self.after_return = ending == b"\r";
        }
        self.extend_line(rest)
    }

    /// The next event that is whole.
    pub(crate) fn next(&mut self) -> Option<RawEvent> {
        self.events.pop_front()
    }

    /// Nothing more comes: what has come is the last event.
    pub(crate) fn finish(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.end_event();
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        if self.event.len() + self.line.len() + bytes.len() > self.max_event_bytes {
            return Err(TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) {
        let mut line = mem::take(&mut self.line);
        if mem::take(&mut self.is_first_line) && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if line.is_empty() {
            self.end_event();
        } else {
            self.read_field(&line);
        }
        line.clear();
        self.line = line;
    }

    fn read_field(&mut self, line: &[u8]) {
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = || Some(String::from_utf8_lossy(value)).filter(|text| !text.is_empty());
        match field {
            b"data" => {
                self.event.data.extend_from_slice(value);
                self.event.data.push(b'\n');
            }
            b"event" => self.event.name = text().map(Cow::into_owned),
            b"id" if !value.contains(&0) => self.event.id = text().map(Arc::from),
            // Comments have an empty name.
            _ => {}
        }
    }

    fn end_event(&mut self) {
        let id = self.event.id.clone();
        let mut event = mem::replace(
            &mut self.event,
            RawEvent {
                id,
                ..RawEvent::default()
            },
        );
        if event.data.pop().is_some() {
            self.events.push_back(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The data, the id and the name of each event.
    type Events = Vec<(String, Option<String>, Option<String>)>;

    fn parse<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Events {
        let mut parser = Parser::new(1 << 20);
        let mut events = Vec::new();
        let mut collect = |parser: &mut Parser| {
            while let Some(RawEvent { data, id, name }) = parser.next() {
                let id = id.map(|id| id.to_string());
                events.push((String::from_utf8(data).unwrap(), id, name));
            }
        };
        for chunk in chunks {
            parser.push(chunk).unwrap();
            collect(&mut parser);
        }
        parser.finish();
        collect(&mut parser);
        events
    }

    fn data(stream: &str) -> Vec<String> {
        let events = parse([stream.as_bytes()]);
        events.into_iter().map(|(data, _, _)| data).collect()
    }

    /// The examples of the HTML standard's section on interpreting a stream.
    #[test]
    fn the_examples_of_the_standard() {
        assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);

        let four = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n\
            data:  third event";
        let id = |id: &str| Some(id.to_owned());
        assert_eq!(
            parse([four.as_bytes()]),
            [
                ("first event".to_owned(), id("1"), None),
                ("second event".to_owned(), None, None),
                // The standard drops this one, as no blank line follows it.
                (" third event".to_owned(), None, None),
            ]
        );
        // Again, the standard drops the last one.
        assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n", ""]);
        assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
    }

    #[test]
    fn what_the_standard_says_of_fields() {
        let stream = "event: add\ndata: 1\n\nevent: add\n\ndata: 2\nretry: 10\nother: x\n\
            id: a\0b\n\nid: 7\n\nDATA: 3\ndata: 4\n\n\n\n\n";
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            parse([stream.as_bytes()]),
            [
                ("1".to_owned(), None, text("add")),
                ("2".to_owned(), None, None),
                ("4".to_owned(), text("7"), None),
            ]
        );
    }

    #[test]
    fn lines_end_in_three_ways_and_a_mark_may_precede_them() {
        let expected = data("data: a\ndata: b\n\ndata: c\n\n");
        for stream in [
            "data: a\rdata: b\r\rdata: c\r\r",
            "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n",
            "\u{feff}data: a\ndata: b\r\n\rdata: c\n\r",
        ] {
            assert_eq!(data(stream), expected, "{stream:?}");
        }
        // Only one mark is stripped, and only at the start.
        assert_eq!(data("\u{feff}\u{feff}data: a\n\n"), [""; 0]);
        assert_eq!(data("data: a\n\n\u{feff}data: b\n\n"), ["a"]);
    }

    #[test]
    fn an_event_is_whole_as_soon_as_its_blank_line_has_come() {
        let mut parser = Parser::new(100);
        parser.push(b"data: 1\r\n\r").unwrap();
        assert_eq!(parser.next().unwrap().data, b"1");
        parser.push(b"\ndata: 2\n").unwrap();
        assert_eq!(parser.next(), None);
    }

    #[test]
    fn only_single_events_are_limited_in_size() {
        let mut parser = Parser::new(20);
        for _ in 0..10 {
            parser.push(b"data: 123456789\n\n").unwrap();
        }
        parser.push(b"data: 123456789\ndata: ").unwrap();
        assert_eq!(parser.push(b"123456789"), Err(TooLarge));
        assert_eq!(Parser::new(20).push(&[b':'; 21]), Err(TooLarge));
        // The id stands in all events that follow it.
        for fields in [
            "id: 1234567890\n",
            "id: 1234567890\n\n",
            "event: 1234567890\n",
        ] {
            let mut parser = Parser::new(20);
            parser.push(fields.as_bytes()).unwrap();
            assert_eq!(parser.push(b"data: 12345"), Err(TooLarge), "{fields}");
        }
    }

    #[test]
    fn events_share_the_id() {
        let mut parser = Parser::new(1 << 10);
        parser.push(b"id: 1\ndata: a\n\ndata: b\n\n").unwrap();
        let [first, second] = [(); 2].map(|()| parser.next().unwrap().id.unwrap());
        assert!(Arc::ptr_eq(&first, &second));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn chunks_may_be_cut_anywhere(
            stream in "\u{feff}?((data|event|id|: x)(: ?[a-é]{0,3})?|)((\r|\n|\r\n)((data|event|id|:)(: ?[a-é€]{0,3})?|)){0,12}",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let bytes = stream.as_bytes();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let chunks = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]);
            prop_assert_eq!(parse(chunks), parse([bytes]));
        }
    }
}
