package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.tools.replay.Tides;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import org.junit.jupiter.api.Test;

/** Engines send options to their workers as JSON. */
class SerializedOptionsTest {

  @Test
  void whatTheUserSaidArrivesAtTheWorkers() throws IOException {
    Tides.Options options = PipelineOptionsFactory.as(Tides.Options.class);
    options.setWindow(Duration.ofMillis(1_500));
    options.setFrom(Instant.parse("2026-10-01T00:00:00.123456Z"));
    options.setEvents(List.of("kafka://a:9092,b:9092/tides", "more=x"));
    options.setTurn(Tides.Turn.EBB);

    Tides.Options arrived = sent(options);

    assertThat(arrived.getWindow(), is(Duration.ofMillis(1_500)));
    assertThat(arrived.getFrom(), is(Instant.parse("2026-10-01T00:00:00.123456Z")));
    assertThat(arrived.getEvents(), is(List.of("kafka://a:9092,b:9092/tides", "more=x")));
    assertThat(arrived.getTurn(), is(Tides.Turn.EBB));
  }

  @Test
  void defaultsArriveWhetherReadBeforeOrNot() throws IOException {
    Tides.Options options = PipelineOptionsFactory.as(Tides.Options.class);
    assertThat(options.getLateness(), is(Duration.ofMinutes(10)));
    assertThat(options.getAnswers(), is(List.of("console")));

    Tides.Options arrived = sent(sent(options));

    assertThat(arrived.getLateness(), is(Duration.ofMinutes(10)));
    assertThat(arrived.getAnswers(), is(List.of("console")));
    assertThat(arrived.getMaxSkew(), is(Duration.ofDays(1)));
    assertThat(arrived.getNotBefore(), is(Instant.parse("2000-01-01T00:00:00Z")));
  }

  /** As Flink's and Spark's serializable options do it. */
  private static Tides.Options sent(Tides.Options options) throws IOException {
    ObjectMapper mapper =
        new ObjectMapper()
            .registerModules(ObjectMapper.findModules(ReflectHelpers.findClassLoader()));
    return mapper
        .readValue(mapper.writeValueAsString(options), PipelineOptions.class)
        .as(Tides.Options.class);
  }
}
