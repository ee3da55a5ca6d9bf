using Berth.Api;

namespace Berth.ApiServer.Admission;

/// <summary>
/// Changes or refuses writes that authorization let through. Refusals are thrown as an
/// ApiStatusException. Plugins are shared by all requests and safe for concurrent use.
/// </summary>
public interface IAdmissionPlugin
{
    /// <summary>Name as Kubernetes lists it (<c>ServiceAccount</c>, <c>LimitRanger</c>, ...).</summary>
    string Name { get; }

    /// <summary>Gives back <paramref name="value"/> itself when there is nothing to change.</summary>
    /// <param name="old">The stored object; null on create.</param>
    ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T> => ValueTask.FromResult(value);

    /// <param name="value">The object as it will be stored; null on delete.</param>
    /// <param name="old">The stored object; null on create.</param>
    ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation) =>
        ValueTask.CompletedTask;
}
