using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record SleepAction
{
    [Field(1, Always = true, Required = true)]
    public long Seconds { get; init; }
}
