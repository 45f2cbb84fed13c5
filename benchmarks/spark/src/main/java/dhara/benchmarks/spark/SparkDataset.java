package dhara.benchmarks.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A Dataset program, tuned: lines are parsed by hand into a bean of the four fields that the job
 * needs, one bean for a whole partition; the rest is Spark's generated code, which adds up before
 * and after the shuffle. The window is computed by a division, because {@code window()} would
 * compute on timestamps.
 */
public final class SparkDataset extends SparkProgram {

  private static final JsonFactory JACKSON = new JsonFactory();

  /** Made by name. */
  public SparkDataset() {}

  /** The fields of an event that the job needs; a bean, for Spark's encoder. */
  public static final class View {
    private String key = "";
    private long start;
    private int bitrate;
    private int error;

    /** The key. */
    public String getKey() {
      return key;
    }

    /** Sets the key. */
    public void setKey(String key) {
      this.key = key;
    }

    /** The window's start, epoch milliseconds. */
    public long getStart() {
      return start;
    }

    /** Sets the window's start. */
    public void setStart(long start) {
      this.start = start;
    }

    /** The bitrate. */
    public int getBitrate() {
      return bitrate;
    }

    /** Sets the bitrate. */
    public void setBitrate(int bitrate) {
      this.bitrate = bitrate;
    }

    /** 1 if playing failed. */
    public int getError() {
      return error;
    }

    /** Sets whether playing failed. */
    public void setError(int error) {
      this.error = error;
    }
  }

  @Override
  Dataset<Row> build(SparkSession session, PlaybackJob job) {
    return session
        .range(0, job.events(), 1, job.parallelism())
        .mapPartitions(
            (MapPartitionsFunction<Long, View>) indexes -> new Views(job, indexes),
            Encoders.bean(View.class))
        .groupBy(col("key"), col("start"))
        .agg(
            count(lit(1)),
            sum("bitrate"),
            min("bitrate").cast("long"),
            max("bitrate").cast("long"),
            sum("error"));
  }

  /** The lines of a partition, parsed. */
  private static final class Views implements Iterator<View> {

    private final Iterator<Long> indexes;
    private final PlaybackLines lines;
    private final String key;
    private final long width;
    private final View view = new View();

    Views(PlaybackJob job, Iterator<Long> indexes) {
      this.indexes = indexes;
      this.lines = new PlaybackLines(job.lines());
      this.key = job.byUser() ? "user" : "title";
      this.width = job.width().toMillis();
    }

    @Override
    public boolean hasNext() {
      return indexes.hasNext();
    }

    @Override
    public View next() {
      byte[] line = lines.line(indexes.next());
      try (JsonParser json = JACKSON.createParser(line, 0, PlaybackLines.length())) {
        json.nextToken();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          var unused = json.nextToken();
          if (name.equals(key)) {
            view.key = json.getText();
          } else if (name.equals("bitrate_kbps")) {
            view.bitrate = json.getIntValue();
          } else if (name.equals("error")) {
            view.error = json.getBooleanValue() ? 1 : 0;
          } else if (name.equals("at")) {
            long at = PlaybackLines.millis(json.getTextCharacters(), json.getTextOffset());
            view.start = at - Math.floorMod(at, width);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return view;
    }
  }
}
