namespace Berth.ApiServer.Admission;

public enum AdmissionOperation
{
    Create,
    Update,
    Delete,

    /// <summary>Exec, attach, port-forward, proxy.</summary>
    Connect,
}
