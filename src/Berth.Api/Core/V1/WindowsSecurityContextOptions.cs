using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Settings of security for Windows alone.</summary>
public sealed partial record WindowsSecurityContextOptions
{
    /// <summary>Name of the GMSA credential spec.</summary>
    [Field(1)]
    public string? GmsaCredentialSpecName { get; init; }

    /// <summary>The GMSA credential spec itself; filled in by a webhook from its name.</summary>
    [Field(2)]
    public string? GmsaCredentialSpec { get; init; }

    /// <summary>User that the processes run as.</summary>
    [Field(3)]
    public string? RunAsUserName { get; init; }

    /// <summary>True runs the containers as processes of the node itself; then all of the pod, with hostNetwork.</summary>
    [Field(4)]
    public bool? HostProcess { get; init; }
}
