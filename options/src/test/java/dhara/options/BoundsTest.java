package dhara.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundsTest {

  /** An option with a bound, inherited by another interface. */
  public interface Rows extends PipelineOptions {
    @AtLeast(1)
    @Default.Integer(10)
    int getRows();

    void setRows(int value);
  }

  /** A bound on a value that nobody needs to give. */
  public interface Table extends Rows {
    @AtLeast(-5)
    Long getOffset();

    void setOffset(Long value);
  }

  private final Table table = PipelineOptionsFactory.as(Table.class);

  @Test
  void aValueAtItsBoundIsFineAndSoIsOneThatIsNotGiven() {
    table.setRows(1);
    Bounds.check(table, Table.class);
    table.setOffset(-5L);
    Bounds.check(table, Table.class);
  }

  @Test
  void aValueBelowItsBoundIsRefusedByItsName() {
    table.setRows(0);
    BadOption rows = assertThrows(BadOption.class, () -> Bounds.check(table, Table.class));
    assertThat(rows.getMessage(), is("--rows=0: must be at least 1, e.g. --rows=1"));

    table.setRows(1);
    table.setOffset(-6L);
    BadOption offset = assertThrows(BadOption.class, () -> Bounds.check(table, Table.class));
    assertThat(offset.getMessage(), is("--offset=-6: must be at least -5, e.g. --offset=-5"));
  }

  /** Options that must be above zero. */
  public interface Waiting extends PipelineOptions {
    @Description("How long to wait, e.g. --wait=PT5S")
    @AboveZero
    Duration getWait();

    void setWait(Duration value);

    @Description("How many deviations are far, e.g. --deviations=3")
    @AboveZero
    @Default.Double(3)
    double getDeviations();

    void setDeviations(double value);

    @Description("A share of errors, e.g. --errors=0.05 for 5 %")
    @Share
    @Default.Double(0.05)
    double getErrors();

    void setErrors(double value);
  }

  private final Waiting waiting = PipelineOptionsFactory.as(Waiting.class);

  @Test
  void aDurationMustBeAtLeastAMillisecond() {
    Bounds.check(waiting, Waiting.class);
    waiting.setWait(Duration.ofMillis(1));
    Bounds.check(waiting, Waiting.class);
    waiting.setWait(Duration.ofNanos(1));
    assertThat(
        refused(), is("--wait=PT0.000000001S: must be at least a millisecond, e.g. --wait=PT5S"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void aNumberMustBeAboveZeroAndFinite(double bad) {
    waiting.setDeviations(bad);
    assertThat(
        refused(),
        is("--deviations=" + bad + ": must be above zero, and finite, e.g. --deviations=3"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 5, Double.NaN})
  void aShareIsBetweenZeroAndOne(double bad) {
    waiting.setErrors(bad);
    assertThat(
        refused(),
        is("--errors=" + bad + ": is a share, above 0 and below 1, e.g. --errors=0.05 for 5 %"));
  }

  private String refused() {
    return assertThrows(BadOption.class, () -> Bounds.check(waiting, Waiting.class)).getMessage();
  }
}
