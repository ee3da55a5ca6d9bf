using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record GRPCAction
{
    [Field(1, Always = true, Required = true)]
    public int Port { get; init; }

    [Field(2, Always = true)]
    public string? Service { get; init; }
}
