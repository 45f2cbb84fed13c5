package dhara.tools.train;

import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.Share;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code train}, in addition to those of the analysis. */
public interface TrainOptions extends PipelineOptions {

  @Description(
      "The folder that the model, its card, the held set and the release are written to, e.g."
          + " --out=/data/models")
  @Validation.Required
  String getOut();

  void setOut(String value);

  @Description(
      "What is trained: trees, boosted by XGBoost and written as ONNX, or a linear model, a"
          + " logistic regression, e.g. --kind=linear")
  @Default.Enum("trees")
  Kind getKind();

  void setKind(Kind value);

  @Description(
      "The earlier part of the time to learn from; the model is judged on the later part, e.g."
          + " --split=0.7")
  @Default.Double(0.7)
  @Share
  double getSplit();

  void setSplit(double value);

  @Description(
      "How long after an event its label may come: younger events are left out, because what has no"
          + " label yet is not known to be negative. By default what the analysis says, e.g."
          + " --labelDelay=P7D")
  @AboveZero
  @Nullable Duration getLabelDelay();

  void setLabelDelay(@Nullable Duration value);

  @Description("The seed; the same seed gives the same files, byte for byte, e.g. --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long value);

  @Description(
      "How many trees are boosted, by default 200; or how often a linear model goes through the"
          + " rows, by default 20, e.g. --rounds=100")
  @AtLeast(1)
  @Nullable Integer getRounds();

  void setRounds(@Nullable Integer value);

  @Description("How deep each tree is, e.g. --depth=4")
  @Default.Integer(4)
  @AtLeast(1)
  int getDepth();

  void setDepth(int value);

  @Description("How much of each tree is added, e.g. --learningRate=0.1")
  @Default.Double(0.1)
  @AboveZero
  double getLearningRate();

  void setLearningRate(double value);

  @Description(
      "How many cards, or whatever alerts are about, are looked into on a day: the figure"
          + " card-precision is about so many with the highest scores, e.g. --cards=100")
  @Default.Integer(100)
  @AtLeast(1)
  int getCards();

  void setCards(int value);

  @Description(
      "The most rows of the held set, on which a release is tried before it comes into force: a"
          + " sample of the later part of the time, e.g. --heldRows=20000")
  @Default.Integer(20_000)
  @AtLeast(1)
  int getHeldRows();

  void setHeldRows(int value);

  @Description(
      "From when on the release is offered; by default the end of the history that it was trained"
          + " on. A stream that is further already takes a time that is still to come, e.g."
          + " --at=2026-12-01T00:00:00Z")
  @Nullable Instant getAt();

  void setAt(@Nullable Instant value);

  @Description(
      "Where the release is put for those who serve the model: a folder or topic of releases, e.g."
          + " --publish=kafka://localhost:9092/models")
  @Nullable String getPublish();

  void setPublish(@Nullable String value);

  /** What is trained. */
  enum Kind {
    /** Boosted trees. */
    trees,
    /** A logistic regression. */
    linear
  }
}
