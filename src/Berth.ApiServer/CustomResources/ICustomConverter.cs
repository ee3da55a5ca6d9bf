namespace Berth.ApiServer.CustomResources;

/// <summary>Turns objects of one version of a custom resource into another.</summary>
internal interface ICustomConverter
{
    /// <returns>One for each of the given, in their order, in the wanted version.</returns>
    /// <exception cref="Http.ApiStatusException">They cannot be converted.</exception>
    ValueTask<IReadOnlyList<CustomObject>> ConvertAsync(IReadOnlyList<CustomObject> values, CustomVersion wanted, CancellationToken cancellation);
}

/// <summary>The versions differ in nothing but their name.</summary>
internal sealed class RelabelingConverter : ICustomConverter
{
    public ValueTask<IReadOnlyList<CustomObject>> ConvertAsync(IReadOnlyList<CustomObject> values, CustomVersion wanted, CancellationToken cancellation) =>
        new([.. values.Select(v => v.As(wanted.Kind))]);
}
