namespace Berth.Store.Sqlite;

/// <summary>What callers hand to <see cref="StoreWriter"/>.</summary>
internal abstract class WriteRequest
{
    /// <summary>Bytes of values, by which a commit's size is bounded.</summary>
    public virtual long Bytes => 0;

    public abstract void Fail(Exception reason);

    public sealed class Commit : WriteRequest
    {
        // Continuations run on the pool: the writer's thread only writes.
        private readonly TaskCompletionSource<StoreOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private StoreOutcome? _outcome;

        public Commit(StoreTransaction transaction)
        {
            Transaction = transaction;
            foreach (var operation in transaction.Operations) Bytes += operation.Value?.Length ?? 0;
        }

        public StoreTransaction Transaction { get; }

        public override long Bytes { get; }

        public Task<StoreOutcome> Done => _done.Task;

        /// <summary>Keeps the outcome until the commit that it belongs to is durable.</summary>
        public void Decide(StoreOutcome outcome) => _outcome = outcome;

        public void Acknowledge() => _done.SetResult(_outcome!);

        public override void Fail(Exception reason) => _done.TrySetException(reason);
    }

    public sealed class Compact(Revision floor) : WriteRequest
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Revision Floor => floor;

        public Task Done => _done.Task;

        public void Acknowledge() => _done.SetResult();

        public override void Fail(Exception reason) => _done.TrySetException(reason);
    }
}
