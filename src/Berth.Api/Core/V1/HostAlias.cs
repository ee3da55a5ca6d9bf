using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A line of a pod's hosts file.</summary>
public sealed partial record HostAlias
{
    /// <summary>The address.</summary>
    [Field(1, Always = true, Required = true)]
    public string Ip { get; init; } = "";

    /// <summary>Names of the address.</summary>
    [Field(2)]
    public ApiList<string> Hostnames { get; init; } = [];
}
