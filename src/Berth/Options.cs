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
        Description = "How pods of different machines reach each other: auto, routes, vxlan or, encrypted, wireguard",
        DefaultValueFactory = _ => "auto",
    };

    public static Option<string> PodPacketMax() => new("--pod-gso-max-size")
    {
        Description = "Largest packet between pods of this machine, in bytes: auto takes what its cards allow, 65536 changes nothing",
        DefaultValueFactory = _ => "auto",
    };

    public static Option<string> PodCidr() => new("--pod-cidr")
    {
        Description = "Addresses of pods; each node gets a part. Two ranges, IPv4 and IPv6 in either order, make the cluster dual-stack",
        DefaultValueFactory = _ => "10.42.0.0/16",
    };

    public static Option<string> ServiceCidr() => new("--service-cidr")
    {
        Description = "Addresses of services, of the same families in the same order",
        DefaultValueFactory = _ => "10.43.0.0/16",
    };

    public static Option<string?> NodeAddress() => new("--node-ip") { Description = "Address by which other machines reach this one; two with a comma between, one of each family, on a dual-stack cluster" };

    public static Option<string?> Ingress() => new("--ingress") { Description = "Serve Ingress objects here: a port or address:port for HTTP, and one for HTTPS, such as 80,443" };

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
