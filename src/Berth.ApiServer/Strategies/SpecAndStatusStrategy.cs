using Berth.Api;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies;

/// <summary>
/// A kind with a spec that users own and a status that components own: neither side's writes change the other's half.
/// </summary>
public abstract class SpecAndStatusStrategy<T> : ResourceStrategy<T>
    where T : class, IApiObject<T>
{
    public override T PrepareForCreate(T value) => WithoutStatus(value);

    public override T PrepareForUpdate(T value, T old) => WithStatusOf(value, old);

    public override T PrepareForStatusUpdate(T value, T old) => WithSpecOf(value, old);

    public override bool ChangesGeneration(T value, T old) => !SameSpec(value, old);

    protected abstract T WithoutStatus(T value);

    protected abstract T WithStatusOf(T value, T other);

    protected abstract T WithSpecOf(T value, T other);

    protected abstract bool SameSpec(T value, T other);
}
