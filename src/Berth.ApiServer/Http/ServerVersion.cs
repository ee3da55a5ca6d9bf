using System.Runtime.InteropServices;
using System.Text;

namespace Berth.ApiServer.Http;

/// <summary>What <c>/version</c> says: the Kubernetes API that is spoken, and by whom.</summary>
public static class ServerVersion
{
    public const string Major = "1";
    public const string Minor = "36";

    /// <summary>Clients read the API's version from the front and ignore what stands behind the plus.</summary>
    public static string GitVersion { get; } = $"v1.36.2+berth-{typeof(ServerVersion).Assembly.GetName().Version?.ToString(3)}";

    public static byte[] Json { get; } = Encoding.UTF8.GetBytes($$"""
        {
          "major": "{{Major}}",
          "minor": "{{Minor}}",
          "emulationMajor": "{{Major}}",
          "emulationMinor": "{{Minor}}",
          "minCompatibilityMajor": "{{Major}}",
          "minCompatibilityMinor": "35",
          "gitVersion": "{{GitVersion}}",
          "gitCommit": "",
          "gitTreeState": "clean",
          "buildDate": "1970-01-01T00:00:00Z",
          "goVersion": "",
          "compiler": "dotnet",
          "platform": "linux/{{Architecture}}"
        }
        """);

    private static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
