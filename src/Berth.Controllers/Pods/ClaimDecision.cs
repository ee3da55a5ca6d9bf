namespace Berth.Controllers.Pods;

/// <summary>What an owner does with an object that it sees.</summary>
public enum ClaimDecision
{
    /// <summary>It is someone else's, or nobody's business.</summary>
    Ignore,

    /// <summary>It is the owner's already.</summary>
    Keep,

    /// <summary>It is an orphan with the right labels.</summary>
    Adopt,

    /// <summary>It is the owner's but no longer has the right labels.</summary>
    Release,
}
