using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A command that runs in the container.</summary>
public sealed partial record ExecAction
{
    /// <summary>The program and its arguments. No shell is in between; for pipes and the like name one. Exit code 0 means success.</summary>
    [Field(1)]
    public ApiList<string> Command { get; init; } = [];
}
