using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ExecAction
{
    [Field(1)]
    public ApiList<string> Command { get; init; } = [];
}
