using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>A port, or several in a row.</summary>
public sealed partial record NetworkPolicyPort
{
    /// <summary>TCP, UDP or SCTP. Default: TCP.</summary>
    [Field(1)]
    public string? Protocol { get; init; }

    /// <summary>Port by number or by the name that containers give it; absent: all.</summary>
    [Field(2)]
    public IntOrString? Port { get; init; }

    /// <summary>Last port of a range that begins with port, which must be a number then.</summary>
    [Field(3)]
    public int? EndPort { get; init; }
}
