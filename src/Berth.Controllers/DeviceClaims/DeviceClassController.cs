using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Client;
using Berth.Client.Informers;

namespace Berth.Controllers.DeviceClaims;

/// <summary>
/// Makes the classes for the devices of Berth's own drivers, so that nobody has to install anything. A class that is there is
/// left as it is, whoever made it.
/// </summary>
public sealed class DeviceClassController : Controller
{
    private readonly Informer<ResourceSlice> _slices;
    private readonly Informer<DeviceClass> _classes;

    public DeviceClassController(ControllerContext context)
        : base(context, "device-class-controller", workers: 1)
    {
        _slices = context.Informers.For<ResourceSlice>();
        _classes = context.Informers.For<DeviceClass>();
        _slices.AddHandler(_ => Wake(), (_, _) => Wake());
        _classes.AddHandler(deleted: _ => Wake());
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        foreach (var wanted in BuiltInDeviceClasses.For(_slices.Cache.List()))
        {
            if (_classes.Cache.Get("", wanted.Metadata.Name) is not null)
                continue;
            try
            {
                await Client.CreateAsync(wanted, ct: ct).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.IsAlreadyExists)
            {
                // The cache has not brought it yet.
            }
        }
    }

    // All classes are looked at together.
    private void Wake() => Queue.Add(new ObjectKey("", "classes"));
}
