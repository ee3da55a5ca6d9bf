using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Berth;

/// <summary>Options that several verbs share.</summary>
internal static class Options
{
    public static Option<string> DataDirectory() => new("--data-dir")
    {
        Description = "Directory that holds all of one berth",
        DefaultValueFactory = _ => Instance.DataDirectory.Default,
    };

    public static Option<string> PodNetwork() => new("--pod-network")
    {
        Description = "How pods of different machines reach each other: auto, routes or vxlan",
        DefaultValueFactory = _ => "auto",
    };

    public static Option<string?> Advertise() => new("--advertise-address") { Description = "Address that other machines and pods reach the API by (default: follows from --listen)" };

    public static Option<string[]> ExtraNames() => new("--tls-san") { Description = "Further name or address by which the API is reached, for its certificate; may be repeated" };

    public static Option<LogLevel> LogLevel() => new("--log-level")
    {
        Description = "debug, information, warning or error",
        DefaultValueFactory = _ => Microsoft.Extensions.Logging.LogLevel.Warning,
        CustomParser = OptionValues.ParseLevel,
    };

    public static Option<string?> Kubeconfig() => new("--kubeconfig") { Description = "Whose cluster and rights (default: that of the data directory, or $KUBECONFIG)" };
}
