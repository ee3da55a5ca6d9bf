namespace Berth.ApiServer.Admission.Policies;

/// <summary>A policy, ready for use. Immutable.</summary>
internal interface ICompiledPolicy<TSelf, TSource>
    where TSelf : class, ICompiledPolicy<TSelf, TSource>
{
    string Name { get; }

    PolicyMatch Match { get; }

    static abstract TSelf Compile(TSource source);

    /// <summary>Does the policy still say what this was compiled from?</summary>
    bool IsOf(TSource source);
}
