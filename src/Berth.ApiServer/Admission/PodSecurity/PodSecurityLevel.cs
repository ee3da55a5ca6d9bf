namespace Berth.ApiServer.Admission.PodSecurity;

/// <summary>The Pod Security Standards, each stricter than the one before.</summary>
public enum PodSecurityLevel
{
    Privileged,

    /// <summary>Known ways out of the container are closed.</summary>
    Baseline,

    /// <summary>Hardened as today's practice asks.</summary>
    Restricted,
}
