using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record HostAlias
{
    [Field(1, Always = true, Required = true)]
    public string Ip { get; init; } = "";

    [Field(2)]
    public ApiList<string> Hostnames { get; init; } = [];
}
