package dhara.pipelines.social;

import dhara.events.Event;
import dhara.pipelines.social.Trending.Word;
import dhara.pipelines.social.Trending.WordSums;
import dhara.transforms.aggregate.Answer;
import java.time.Instant;

/**
 * What was settled of a word in a minute, or another step of windows, as an event at its last
 * millisecond.
 *
 * @param id of no meaning: minutes of a word end at different times
 */
record WordMinute(String id, Instant at, Word word, WordSums sums) implements Event {

  static WordMinute of(Answer<Word, WordSums> answer) {
    return new WordMinute("", answer.end().minusMillis(1), answer.key(), answer.value());
  }
}
