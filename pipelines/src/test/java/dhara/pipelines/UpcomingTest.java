package dhara.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.pipelines.Scenario.Given;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class UpcomingTest {

  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  private record Step(String id, Instant at) implements Event {}

  private static final Input<Step> CLICKS = new Input<>("clicks", Step.class);
  private static final Input<Step> VIEWS = new Input<>("views", Step.class);

  @Test
  void eventsLeaveInTheOrderOfTimeAndThoseOfOneTimeInTheOrderOfIds() {
    Upcoming<Step> upcoming = Upcoming.events();
    upcoming.add(step("b", 5));
    upcoming.add(step("c", 0));
    upcoming.add(step("a", 5));

    assertThat(
        List.of(upcoming.next().id(), upcoming.next().id(), upcoming.next().id()),
        contains("c", "a", "b"));
    assertThrows(NoSuchElementException.class, upcoming::next);
  }

  @Test
  void givenEventsOfOneTimeLeaveInTheOrderOfInputsBeforeThatOfIds() {
    Upcoming<Given<?>> upcoming = Upcoming.given();
    upcoming.add(VIEWS.given(step("1", 5)));
    upcoming.add(CLICKS.given(step("3", 5)));
    upcoming.add(CLICKS.given(step("2", 5)));
    upcoming.add(VIEWS.given(step("9", 0)));

    List<String> left = new ArrayList<>();
    while (upcoming.anyBefore(NOON.plusSeconds(6))) {
      Given<?> next = upcoming.next();
      left.add(next.input().name() + " " + next.event().id());
    }
    assertThat(left, contains("views 9", "clicks 2", "clicks 3", "views 1"));
  }

  @Test
  void anEventAtATimeIsNotBeforeIt() {
    Upcoming<Step> upcoming = Upcoming.events();
    assertThat("none waits", upcoming.anyBefore(Instant.MAX), is(false));

    upcoming.add(step("a", 5));

    assertThat(upcoming.anyBefore(NOON.plusSeconds(5)), is(false));
    assertThat(upcoming.anyBefore(NOON.plusSeconds(6)), is(true));
  }

  private static Step step(String id, long seconds) {
    return new Step(id, NOON.plusSeconds(seconds));
  }
}
