using Berth.Api;

namespace Berth.ApiServer.Admission;

/// <summary>A plugin that looks at one kind only, and at its main resource unless it says otherwise.</summary>
public abstract class KindPlugin<TKind> : IAdmissionPlugin
    where TKind : class, IApiObject<TKind>
{
    public abstract string Name { get; }

    public async ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T> =>
        value is TKind typed && Handles(attributes) ? (T)(object)await MutateAsync(attributes, typed, old as TKind, cancellation).ConfigureAwait(false) : value;

    public ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation) =>
        (value ?? old) is TKind && Handles(attributes) ? ValidateAsync(attributes, value as TKind, old as TKind, cancellation) : ValueTask.CompletedTask;

    protected virtual bool Handles(AdmissionAttributes attributes) => attributes.Subresource.Length == 0;

    protected virtual ValueTask<TKind> MutateAsync(AdmissionAttributes attributes, TKind value, TKind? old, CancellationToken cancellation) =>
        ValueTask.FromResult(value);

    protected virtual ValueTask ValidateAsync(AdmissionAttributes attributes, TKind? value, TKind? old, CancellationToken cancellation) =>
        ValueTask.CompletedTask;
}
