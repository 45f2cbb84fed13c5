package dhara.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

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
}
