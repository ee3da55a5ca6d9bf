using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Paths of a host.</summary>
public sealed partial record HTTPIngressRuleValue
{
    /// <summary>The paths; the longest that matches counts.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<HTTPIngressPath> Paths { get; init; } = [];
}
