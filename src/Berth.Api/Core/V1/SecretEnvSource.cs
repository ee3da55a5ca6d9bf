using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A Secret whose keys all become environment variables.</summary>
public sealed partial record SecretEnvSource
{
    /// <summary>Name of the Secret, in the namespace of the pod.</summary>
    [Field(1, In = [1])]
    public string Name { get; init; } = "";

    /// <summary>True: the container starts also without the Secret.</summary>
    [Field(2)]
    public bool? Optional { get; init; }
}
