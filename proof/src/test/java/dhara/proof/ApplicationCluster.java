package dhara.proof;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.flink.client.deployment.application.ApplicationClusterEntryPoint;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.plugin.PluginUtils;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.resourcemanager.StandaloneResourceManagerFactory;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * Flink's application mode in one process: a JobManager that starts the main class of its job
 * itself, as in a pod of Kubernetes, and a TaskManager. The process ends with the job.
 */
@SuppressWarnings("try") // its base class is closeable, and it never is in a try
final class ApplicationCluster extends ApplicationClusterEntryPoint {

  private ApplicationCluster(Configuration configuration, PackagedProgram program) {
    super(configuration, program, StandaloneResourceManagerFactory.getInstance());
  }

  /**
   * Runs it.
   *
   * @param arguments the folder of Flink's configuration, the main class, and its arguments
   */
  public static void main(String... arguments) throws Exception {
    Configuration configuration = GlobalConfiguration.loadConfiguration(arguments[0]);
    Pattern.compile(" ")
        .splitAsStream(
            TaskExecutorProcessUtils.generateDynamicConfigsStr(
                TaskExecutorProcessUtils.processSpecFromConfig(configuration)))
        .filter(word -> word.contains("="))
        .forEach(
            setting -> {
              int equals = setting.indexOf('=');
              configuration.setString(setting.substring(0, equals), setting.substring(equals + 1));
            });
    PackagedProgram program =
        PackagedProgram.newBuilder()
            .setEntryPointClassName(arguments[1])
            .setArguments(Arrays.copyOfRange(arguments, 2, arguments.length))
            .setConfiguration(configuration)
            .build();
    configureExecution(configuration, program);
    ApplicationCluster cluster = new ApplicationCluster(configuration, program);
    cluster.startCluster();
    var unused =
        cluster
            .getTerminationFuture()
            .thenAccept(status -> Runtime.getRuntime().halt(status.processExitCode()));
    TaskManagerRunner.runTaskManager(
        configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
  }
}
