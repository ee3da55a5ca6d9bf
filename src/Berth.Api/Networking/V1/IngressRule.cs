using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Paths of one host.</summary>
public sealed partial record IngressRule
{
    /// <summary>Name of the host, without port; *.DOMAIN for all names with one part before the domain. Empty: all hosts.</summary>
    [Field(1)]
    public string Host { get; init; } = "";

    /// <summary>The paths.</summary>
    [Field(1, In = [2])]
    public HTTPIngressRuleValue? Http { get; init; }
}
