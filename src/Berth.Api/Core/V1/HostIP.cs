using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An address of a node.</summary>
public sealed partial record HostIP
{
    /// <summary>The address.</summary>
    [Field(1, Always = true, Required = true)]
    public string Ip { get; init; } = "";
}
