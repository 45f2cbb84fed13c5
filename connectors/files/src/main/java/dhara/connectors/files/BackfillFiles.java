package dhara.connectors.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the rows of a backfill to files. {@code FileIO} would take about thirty steps and five
 * groupings, because it also supports streams, destinations and windows. An engine translates and
 * compiles each step, which is most of the time of a small backfill.
 *
 * <p>Data: rows in the global window → files {@code PREFIX-00000-of-00004.ENDING}; without rows, no
 * files. Time: at the end. State: none. Failure: each bundle or shard writes its own file under a
 * temporary name and passes this name on, so the names that arrive are those of attempts that
 * counted. When all have arrived, the files get their final names, and the temporary folder is
 * deleted with the files of other attempts in it. If renaming is retried, files that already have
 * their final name are left alone.
 *
 * <pre>
 *   rows ─▶ a temporary file per bundle, or per shard ═▶ all names ─▶ final names
 * </pre>
 */
final class BackfillFiles<T> extends PTransform<PCollection<T>, PDone> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(BackfillFiles.class);

  private final FileIO.Sink<T> sink;
  private final String folder;
  private final String prefix;
  private final String ending;
  private final int shards;

  private BackfillFiles(
      FileIO.Sink<T> sink, String folder, String prefix, String ending, int shards) {
    this.sink = sink;
    this.folder = folder;
    this.prefix = prefix;
    this.ending = ending;
    this.shards = shards;
  }

  /**
   * Writes rows to files.
   *
   * @param sink writes one file
   * @param ending the end of file names, with its dot
   */
  static <T> BackfillFiles<T> of(FileIO.Sink<T> sink, String folder, String prefix, String ending) {
    return new BackfillFiles<>(sink, folder, prefix, ending, 0);
  }

  /**
   * With this number of files.
   *
   * @param newShards 0 for one per bundle
   */
  BackfillFiles<T> withShards(int newShards) {
    return new BackfillFiles<>(sink, folder, prefix, ending, newShards);
  }

  @Override
  public PDone expand(PCollection<T> rows) {
    Coder<T> coder = rows.getCoder();
    Writing<T> writing = new Writing<>(sink, folder, ".temp-dhara-" + UUID.randomUUID());
    PCollection<KV<Integer, String>> written =
        shards == 0
            ? rows.apply("WriteBundle", ParDo.of(new WriteBundleFn<>(writing)))
            : rows.apply("Share", ParDo.of(new ShareFn<>(shards)))
                .setCoder(KvCoder.of(VarIntCoder.of(), coder))
                .apply("Shard", GroupByKey.create())
                .apply("WriteShard", ParDo.of(new WriteShardFn<>(writing)));
    written
        .setCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()))
        .apply("AllWritten", GroupByKey.create())
        .apply("Name", ParDo.of(new NameFn(writing.temporary(), folder, prefix, ending)));
    return PDone.in(rows.getPipeline());
  }

  /**
   * How temporary files are written.
   *
   * @param temporary the name of this run's temporary folder in {@code folder}
   */
  private record Writing<T>(FileIO.Sink<T> sink, String folder, String temporary)
      implements Serializable {

    /** A new temporary file. */
    ResourceId file() {
      return FileSystems.matchNewResource(folder, true)
          .resolve(temporary, StandardResolveOptions.RESOLVE_DIRECTORY)
          .resolve(UUID.randomUUID().toString(), StandardResolveOptions.RESOLVE_FILE);
    }
  }

  /** A file that is being written. */
  private static final class Open<T> {

    private final FileIO.Sink<T> sink;
    private final ResourceId file;
    private final WritableByteChannel channel;

    Open(Writing<T> writing) throws IOException {
      sink = writing.sink;
      file = writing.file();
      channel = FileSystems.create(file, "application/octet-stream");
      sink.open(channel);
    }

    void write(T row) throws IOException {
      sink.write(row);
    }

    /** Completes the file, and returns its name with the key of the grouping. */
    KV<Integer, String> close() throws IOException {
      sink.flush();
      channel.close();
      return KV.of(0, file.toString());
    }
  }

  static final class WriteBundleFn<T> extends DoFn<T, KV<Integer, String>> {

    private static final long serialVersionUID = 1L;

    private final Writing<T> writing;
    private transient @Nullable Open<T> open;

    WriteBundleFn(Writing<T> writing) {
      this.writing = writing;
    }

    @StartBundle
    public void startBundle() {
      open = null; // the file of a failed bundle is deleted with the temporary folder
    }

    @ProcessElement
    public void process(@Element T row) throws IOException {
      if (open == null) {
        open = new Open<>(writing);
      }
      open.write(row);
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) throws IOException {
      if (open != null) {
        context.output(open.close(), GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
        open = null;
      }
    }

    @Teardown
    public void close() throws IOException {
      if (open != null) {
        open.channel.close();
        open = null;
      }
    }
  }

  /** Assigns rows to shards in turn, beginning with a random shard in each bundle. */
  private static final class ShareFn<T> extends DoFn<T, KV<Integer, T>> {

    private static final long serialVersionUID = 1L;

    private final int shards;
    private transient int next;

    ShareFn(int shards) {
      this.shards = shards;
    }

    @StartBundle
    public void startBundle() {
      next = ThreadLocalRandom.current().nextInt(shards);
    }

    @ProcessElement
    public void process(@Element T row, OutputReceiver<KV<Integer, T>> out) {
      out.output(KV.of(next, row));
      next = (next + 1) % shards;
    }
  }

  private static final class WriteShardFn<T>
      extends DoFn<KV<Integer, Iterable<T>>, KV<Integer, String>> {

    private static final long serialVersionUID = 1L;

    private final Writing<T> writing;

    WriteShardFn(Writing<T> writing) {
      this.writing = writing;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<T>> shard, OutputReceiver<KV<Integer, String>> out)
        throws IOException {
      Open<T> open = new Open<>(writing);
      for (T row : shard.getValue()) {
        open.write(row);
      }
      out.output(open.close());
    }
  }

  /** Gives all files their final names. */
  static final class NameFn extends DoFn<KV<Integer, Iterable<String>>, Void> {

    private static final long serialVersionUID = 1L;

    private final String temporary;
    private final String folder;
    private final String prefix;
    private final String ending;

    NameFn(String temporary, String folder, String prefix, String ending) {
      this.temporary = temporary;
      this.folder = folder;
      this.prefix = prefix;
      this.ending = ending;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<String>> written) throws IOException {
      List<String> names = new ArrayList<>();
      written.getValue().forEach(names::add);
      Collections.sort(names); // so that a retry gives each file the same name
      ResourceId here = FileSystems.matchNewResource(folder, true);
      List<ResourceId> from = new ArrayList<>();
      List<ResourceId> to = new ArrayList<>();
      for (String name : names) {
        from.add(FileSystems.matchNewResource(name, false));
        to.add(
            here.resolve(
                "%s-%05d-of-%05d%s".formatted(prefix, to.size(), names.size(), ending),
                StandardResolveOptions.RESOLVE_FILE));
      }
      FileSystems.rename(
          from,
          to,
          StandardMoveOptions.IGNORE_MISSING_FILES,
          StandardMoveOptions.SKIP_IF_DESTINATION_EXISTS);
      for (ResourceId file : to) {
        if (FileSystems.match(file.toString()).status() != MatchResult.Status.OK) {
          throw new FileNotFoundException(file + " was written but does not exist");
        }
      }
      removeTemporary(here);
    }

    private void removeTemporary(ResourceId here) throws IOException {
      ResourceId folderOfRun = here.resolve(temporary, StandardResolveOptions.RESOLVE_DIRECTORY);
      MatchResult left = FileSystems.match(folderOfRun + "*");
      if (left.status() == MatchResult.Status.OK) {
        FileSystems.delete(
            left.metadata().stream().map(MatchResult.Metadata::resourceId).toList(),
            StandardMoveOptions.IGNORE_MISSING_FILES);
      }
      try {
        FileSystems.delete(List.of(folderOfRun), StandardMoveOptions.IGNORE_MISSING_FILES);
      } catch (DirectoryNotEmptyException e) {
        // A slow attempt, which the engine does not wait for, is still writing. All rows are in
        // their files, so only its file stays behind.
        LOG.warn("{} is not empty, because a worker still writes to it; delete it", folderOfRun);
      }
    }
  }
}
