package dhara.connectors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PDone;

/**
 * Writes the lines of a bounded run into one file of its {@link RunFolder}, which the command reads
 * afterwards.
 *
 * <p>Data: lines in the global window, some dozens at most, none of them empty → one file. It is
 * written even if there are no lines, because it shows that the engine writes where the command
 * reads. Time: at the end. State: none. Failure: the file gets its name when it is complete, and a
 * retry replaces it.
 */
public final class LeaveLines extends PTransform<PCollection<String>, PDone> {

  private static final long serialVersionUID = 1L;

  /** Makes a group even if there are no lines. */
  private static final String NO_LINE = "";

  private final String file;

  private LeaveLines(String file) {
    this.file = file;
  }

  /** Writes lines to this file. */
  public static LeaveLines in(String file) {
    return new LeaveLines(file);
  }

  @Override
  public PDone expand(PCollection<String> lines) {
    PCollection<String> none =
        lines.getPipeline().apply("None", Create.of(NO_LINE).withCoder(StringUtf8Coder.of()));
    PCollectionList.of(lines)
        .and(none)
        .apply("All", Flatten.pCollections())
        .apply("Together", ParDo.of(new TogetherFn()))
        .setCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()))
        .apply("Lines", GroupByKey.create())
        .apply("Write", ParDo.of(new WriteFn(file)));
    return PDone.in(lines.getPipeline());
  }

  private static final class TogetherFn extends DoFn<String, KV<Integer, String>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String line, OutputReceiver<KV<Integer, String>> out) {
      out.output(KV.of(0, line));
    }
  }

  private static final class WriteFn extends DoFn<KV<Integer, Iterable<String>>, Void> {

    private static final long serialVersionUID = 1L;

    private final String file;

    WriteFn(String file) {
      this.file = file;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<String>> lines) throws IOException {
      ResourceId part = FileSystems.matchNewResource(file + "." + UUID.randomUUID(), false);
      try (OutputStream out = Channels.newOutputStream(FileSystems.create(part, "text/plain"))) {
        for (String line : lines.getValue()) {
          if (!line.equals(NO_LINE)) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
          }
        }
      }
      FileSystems.rename(List.of(part), List.of(FileSystems.matchNewResource(file, false)));
    }
  }
}
