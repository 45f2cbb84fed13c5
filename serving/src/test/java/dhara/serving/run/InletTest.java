package dhara.serving.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.RowFeed.Batch;
import dhara.connectors.RowFormat;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.events.LateEvent;
import dhara.testkit.Pause;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(1800)
class InletTest {

  private static final WrittenRow ROW = new WrittenRow("metrics", RowJson.object(), false, 0, "x");

  private static List<WrittenRow> rows(int count) {
    return Collections.nCopies(count, ROW);
  }

  private static List<Batch> polled(InletFeed feed) throws Exception {
    List<Batch> batches = new ArrayList<>();
    feed.poll(Duration.ofMillis(1), batches::add);
    return batches;
  }

  @Test
  void rowsThatAreTakenAreKeptOnlyWhenTheyAreCommitted() throws Exception {
    try (Inlets run = Inlets.open("order-metrics")) {
      run.stream();
      InletFeed feed = new InletFeed(run, "metrics");
      CompletableFuture<Void> one = run.inlet("metrics").put(rows(2));
      CompletableFuture<Void> other = run.inlet("metrics").put(rows(3));
      assertThat(feed.lag(), is(5L));

      List<Batch> first = polled(feed);
      CompletableFuture<Void> third = run.inlet("metrics").put(rows(1));
      List<Batch> second = polled(feed);

      assertThat(first.get(0).rows().size(), is(5));
      assertThat(second.get(0).rows().size(), is(1));
      assertThat(
          List.of(one.isDone(), other.isDone(), third.isDone()), is(List.of(false, false, false)));
      feed.kept(first.get(0));
      assertThat(
          List.of(one.isDone(), other.isDone(), third.isDone()), is(List.of(true, true, false)));
      feed.kept(second.get(0));
      Inlet.await(third);
      assertThat(feed.lag(), is(0L));
    }
  }

  @Test
  void aBundleEndsWhenItsRowsAreCommitted() throws Exception {
    Instant nine = Instant.parse("2026-01-05T09:00:00Z");
    try (Inlets run = Inlets.open("order-metrics")) {
      run.stream();
      InletFeed feed = new InletFeed(run, "late");
      InletConnector.PassFn<LateEvent> pass =
          new InletConnector.PassFn<>(run.run(), "late", RowFormat.late());
      Thread worker =
          new Thread(
              () -> {
                try {
                  pass.setUp();
                  pass.begin();
                  pass.process(new LateEvent("orders", "a", nine, nine, nine, 5, "t", "0@1", "{}"));
                  pass.end();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      worker.start();
      List<Batch> batches = new ArrayList<>();
      while (batches.isEmpty()) {
        batches.addAll(polled(feed));
      }
      assertThat(batches.get(0).rows().get(0).columns().get("id").asText(), is("a"));
      while (worker.getState() == Thread.State.RUNNABLE) {
        Pause.shortly();
      }
      assertThat(worker.getState(), is(Thread.State.WAITING));

      feed.kept(batches.get(0));

      worker.join();
    }
  }

  @Test
  void rowsThatAServerDidNotCommitFailTheirBundles() throws Exception {
    try (Inlets run = Inlets.open("order-metrics")) {
      run.stream();
      InletFeed feed = new InletFeed(run, "metrics");
      CompletableFuture<Void> taken = run.inlet("metrics").put(rows(1));
      assertThat(polled(feed).size(), is(1));
      CompletableFuture<Void> waiting = run.inlet("metrics").put(rows(1));

      feed.close();

      assertThrows(IllegalStateException.class, () -> Inlet.await(taken));
      assertThrows(IllegalStateException.class, () -> Inlet.await(waiting));
      CompletableFuture<Void> late = run.inlet("metrics").put(rows(1));
      assertThrows(IllegalStateException.class, () -> Inlet.await(late));
    }
  }

  @Test
  void aStreamEndsWhenItsRowsAreTaken() throws Exception {
    try (Inlets run = Inlets.open("order-metrics")) {
      InletFeed feed = new InletFeed(run, "metrics");
      assertThat("it may have history", feed.lag(), is(1L));
      run.stream();
      CompletableFuture<Void> last = run.inlet("metrics").put(rows(1));
      run.ended(null);

      assertThat(polled(feed).size(), is(1));
      assertThat(feed.ended(), is(false));
      assertThat(polled(feed).size(), is(0));
      assertThat(feed.ended(), is(true));
      assertThat(last.isDone(), is(false));
    }
  }

  @Test
  void eachRunHasInletsOfItsOwnUntilItIsClosed() throws Exception {
    Inlets one = Inlets.open("order-metrics");
    Inlets other = Inlets.open("order-metrics");
    assertThat(one.run().equals(other.run()), is(false));
    assertThat(Inlets.of(one.run()) == one, is(true));
    one.close();
    other.close();
    assertThat(Inlets.of(one.run()) == null, is(true));
  }

  @Test
  void wordsAreSeparatedBySpacesOutsideOfQuotes() {
    List<String> words =
        RunWords.of("order-metrics --events='/a b/c.jsonl'  --map=\"x=it's\" --early=PT1S");
    assertThat(
        words,
        is(List.of("order-metrics", "--events=/a b/c.jsonl", "--map=x=it's", "--early=PT1S")));
    assertThat(
        RunWords.option(List.of("candles", "--events=/a b/c", "--early=PT1S")),
        is("--run='candles \"--events=/a b/c\" --early=PT1S'"));
  }
}
