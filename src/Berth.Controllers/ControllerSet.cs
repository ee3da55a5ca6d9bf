using Berth.Controllers.Endpoints;
using Berth.Controllers.GarbageCollection;
using Berth.Controllers.Namespaces;
using Berth.Controllers.ServiceAccounts;

namespace Berth.Controllers;

/// <summary>Every controller, one row each.</summary>
public static class ControllerSet
{
    public static IReadOnlyList<Controller> Create(ControllerContext context) =>
    [
        new NamespaceController(context),
        new GarbageCollectorController(context),
        new ServiceAccountsController(context),
        new EndpointsController(context),
        new EndpointSliceController(context),
    ];
}
