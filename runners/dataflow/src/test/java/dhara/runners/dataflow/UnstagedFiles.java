package dhara.runners.dataflow;

import com.google.api.services.dataflow.model.DataflowPackage;
import java.util.List;
import org.apache.beam.runners.dataflow.util.PackageUtil.StagedFile;
import org.apache.beam.runners.dataflow.util.Stager;
import org.apache.beam.sdk.options.PipelineOptions;

/** Names the files that a job would need, and uploads none: a template that never runs. */
public final class UnstagedFiles implements Stager {

  private UnstagedFiles() {}

  /** How Dataflow's runner makes the class that {@code --stagerClass} names. */
  public static UnstagedFiles fromOptions(@SuppressWarnings("unused") PipelineOptions options) {
    return new UnstagedFiles();
  }

  @Override
  public List<DataflowPackage> stageFiles(List<StagedFile> files) {
    return files.stream().map(file -> unstaged(file.getDestination())).toList();
  }

  @Override
  public DataflowPackage stageToFile(byte[] bytes, String name) {
    return unstaged(name);
  }

  private static DataflowPackage unstaged(String name) {
    return new DataflowPackage()
        .setName(name)
        .setLocation("storage.googleapis.com/unstaged/" + name);
  }
}
