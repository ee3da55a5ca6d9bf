using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record VolumeResourceRequirements
{
    [Field(1)]
    public ApiMap<Quantity> Limits { get; init; } = [];

    [Field(2)]
    public ApiMap<Quantity> Requests { get; init; } = [];
}
