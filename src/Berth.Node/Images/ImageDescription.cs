namespace Berth.Node.Images;

/// <summary>An image to be written: names, layers bottom to top, and what a container made from it runs by default.</summary>
public sealed record ImageDescription
{
    /// <summary>Full references with registry and tag, such as <c>berth.local/pause:1</c>.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required IReadOnlyList<IReadOnlyList<LayerEntry>> Layers { get; init; }

    /// <summary>As in OCI: amd64, arm64.</summary>
    public required string Architecture { get; init; }

    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    public string User { get; init; } = "";

    public string WorkingDirectory { get; init; } = "";

    /// <summary>Such as 80/tcp.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The architecture of this machine in OCI's words.</summary>
    /// <exception cref="PlatformNotSupportedException">Neither x86_64 nor aarch64.</exception>
    public static string HostArchitecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => throw new PlatformNotSupportedException($"images can be built on x86_64 and aarch64, not on {other}"),
    };
}
