using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An address of a pod.</summary>
public sealed partial record PodIP
{
    /// <summary>The address.</summary>
    [Field(1, Always = true, Required = true)]
    public string Ip { get; init; } = "";
}
