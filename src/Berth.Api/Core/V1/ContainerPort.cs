using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A port that a container listens on.</summary>
public sealed partial record ContainerPort
{
    /// <summary>
    /// Name by which Services and probes can refer to the port, at most 15 lower-case letters, digits and dashes; unique in the pod.
    /// </summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>Port of the node that leads here, from 1 to 65535. One pod of a node can have it. With hostNetwork it equals containerPort.</summary>
    [Field(2)]
    public int HostPort { get; init; }

    /// <summary>Number of the port, from 1 to 65535.</summary>
    [Field(3, Json = "containerPort", Always = true, Required = true)]
    public int ContainerPortValue { get; init; }

    /// <summary>TCP, UDP or SCTP. Default: TCP.</summary>
    [Field(4), Default("\"TCP\"")]
    public string Protocol { get; init; } = "";

    /// <summary>Address of the node to which hostPort is bound; empty for all.</summary>
    [Field(5)]
    public string HostIP { get; init; } = "";
}
