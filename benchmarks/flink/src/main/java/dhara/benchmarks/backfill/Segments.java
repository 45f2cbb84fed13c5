package dhara.benchmarks.backfill;

import java.util.List;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;

/**
 * Divides large files into segments of 32 MiB, as Dhara does. Flink's own enumerator divides them
 * at the blocks of the file system, and a local file is one block.
 */
final class Segments extends NonSplittingRecursiveEnumerator {

  private static final long LENGTH = 32 << 20;

  @Override
  protected void convertToSourceSplits(
      FileStatus file, FileSystem system, List<FileSourceSplit> splits) {
    for (long offset = 0; offset < file.getLen(); offset += LENGTH) {
      splits.add(
          new FileSourceSplit(
              getNextId(),
              file.getPath(),
              offset,
              Math.min(LENGTH, file.getLen() - offset),
              file.getModificationTime(),
              file.getLen()));
    }
  }
}
