package dhara.tools.advise;

import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.tools.calibrate.CalibrationOptions;
import java.time.Duration;
import org.apache.beam.sdk.options.Description;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code advise}, in addition to those of the analysis. */
public interface AdviseOptions extends CalibrationOptions {

  @Description("How soon answers are needed after their events, e.g. --latency=PT1S")
  @Nullable Duration getLatency();

  void setLatency(@Nullable Duration value);

  @Description(
      "How many records there are to read; by default what --events shows, e.g. --records=2000000")
  @AtLeast(0)
  @Nullable Long getRecords();

  void setRecords(@Nullable Long value);

  @Description(
      "How complex the analysis is, from 0 to 1; by default from the steps of its stream that keep"
          + " state, e.g. --complexity=0.9")
  @Nullable Double getComplexity();

  void setComplexity(@Nullable Double value);

  @Description("Whether events of the past are needed, not only new ones, e.g. --history")
  boolean getHistory();

  void setHistory(boolean value);

  @Description(
      "What the machines may cost in a month, in the currency of --pricePerCoreHour, e.g."
          + " --budget=500")
  @AboveZero
  @Nullable Double getBudget();

  void setBudget(@Nullable Double value);

  @Description("How many events come in a second, for --budget, e.g. --rate=20000")
  @AboveZero
  @Nullable Double getRate();

  void setRate(@Nullable Double value);

  @Description(
      "Events a second that one core works off in a backfill, for --budget; by default what"
          + " --events measures, e.g. --perCore=60000")
  @AboveZero
  @Nullable Double getPerCore();

  void setPerCore(@Nullable Double value);

  @Description("What a core costs in an hour, for --budget, e.g. --pricePerCoreHour=0.05")
  @AboveZero
  @Nullable Double getPricePerCoreHour();

  void setPricePerCoreHour(@Nullable Double value);
}
