namespace Berth.Resources.Allocation;

/// <summary>When a container runs: what one phase has given back, the next may use.</summary>
public enum ContainerPhase
{
    /// <summary>An init container: ends before the next one begins.</summary>
    Init,

    /// <summary>An init container with restart policy Always: from its turn until the pod's end.</summary>
    Sidecar,

    /// <summary>Beside all other main containers and all sidecars.</summary>
    Main,
}
