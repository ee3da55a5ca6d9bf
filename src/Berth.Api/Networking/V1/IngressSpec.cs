using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Rules of an Ingress.</summary>
public sealed partial record IngressSpec
{
    /// <summary>Where requests go that no rule is for. Needed when there are no rules.</summary>
    [Field(1)]
    public IngressBackend? DefaultBackend { get; init; }

    /// <summary>Certificates, by host.</summary>
    [Field(2)]
    public ApiList<IngressTLS> Tls { get; init; } = [];

    /// <summary>Hosts and their paths.</summary>
    [Field(3)]
    public ApiList<IngressRule> Rules { get; init; } = [];

    /// <summary>IngressClass that serves it; absent: the default class.</summary>
    [Field(4)]
    public string? IngressClassName { get; init; }
}
