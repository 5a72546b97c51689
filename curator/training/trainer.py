"""Trainer: transformers' own, where one call is one optimizer step over all its forward passes."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader
from transformers import PrinterCallback, Trainer, TrainingArguments
from transformers.trainer_utils import EvalLoopOutput

from curator.errors import CuratorError
from curator.training.activations import recompute_activations
from curator.training.checkpoints import (
    checkpoint_folder,
    clear,
    cut_of,
    load_state,
    load_weights,
    note_plan,
    seal,
)
from curator.training.compiled import compile_layers, uncompiled
from curator.training.flow import impatient, looks
from curator.training.interruption import Interruption
from curator.training.loss import with_chunked_loss
from curator.training.masters import optimizer_for
from curator.training.plan import halved
from curator.training.rows import Rows
from curator.training.start import Start
from curator.training.work import Work


@dataclass(frozen=True)
class StepFacts:
    """What one optimizer step consists of, over all processes."""

    lengths: list[int]
    """Tokens of each example."""
    supervised: int
    passes: int
    """Forward passes in each process."""


class SftTrainer(Trainer):
    """Sums the losses of supervised tokens and divides by their number in the optimizer step.

    Its data set is the schedule, one entry an optimizer step, and `training_step` runs all forward
    passes of one. So the number of supervised tokens is known without asking the other processes,
    and a step whose memory runs out is tried again in smaller passes.
    """

    def __init__(
        self, model: Any, arguments: TrainingArguments, work: Work, interruption: Interruption
    ) -> None:
        self.work = work
        self.plan = work.plan
        """What of the plan is left after memory ran out."""
        self.memory_ran_out = 0
        """How often it did in this step."""
        self.interrupted = False
        """Whether the run stops before its end, to be resumed."""
        self._interruption = interruption
        with_chunked_loss(model, longest=max(work.rows.longest, work.held_out.longest))
        super().__init__(model, arguments, train_dataset=work.schedule, eval_dataset=work.held_out)
        self.remove_callback(PrinterCallback)

    def run(self, start: Start) -> None:
        """Train from where a run begins; raise KeyboardInterrupt where it was asked to stop."""
        self.plan = start.plan
        if self.plan.checkpointing:
            recompute_activations(self.model)
        if self.work.plan.compiled:
            compile_layers(self.model)
        steps = start.step if start.finished else self.work.schedule.steps
        self.train_dataset = replace(self.work.schedule, steps=steps)
        self.args.max_steps = steps
        if self.accelerator.num_processes > 1:
            # What is left out at random is not the same in all processes.
            torch.manual_seed(self.args.seed + self.args.process_index)
        self.train(resume_from_checkpoint=start.checkpoint and str(start.checkpoint))
        if self.interrupted:
            raise KeyboardInterrupt

    def is_interrupted(self) -> bool:
        """Say whether any process was asked to stop."""
        asked = torch.tensor(float(self._interruption.asked), device=self.args.device)
        if self.accelerator.num_processes > 1:
            asked = self.accelerator.reduce(asked, "sum")
        self.interrupted = bool(asked > 0)
        return self.interrupted

    def step_facts(self, step: int) -> StepFacts:
        """Return what optimizer step `step` consists of, the first being 1."""
        places = self.work.schedule[step - 1]
        return StepFacts(
            lengths=[length for place in places for length in self.work.rows.lengths_of(place)],
            supervised=int(self.work.rows.learnt[places].sum()),
            passes=len(self._passes(self.work.rows, places)),
        )

    def get_train_dataloader(self) -> Any:
        """Return the schedule in its order; every process sees every step and takes its share."""
        return DataLoader(self.train_dataset, batch_size=1, collate_fn=_only)

    def create_optimizer(self, model: Any = None) -> Any:
        """Return AdamW, over float32 copies where weights are rounded and the settings say so."""
        if self.optimizer is None:
            self.optimizer: Any = optimizer_for(model or self.model, self.work.settings)
        return self.optimizer

    def training_step(self, model: Any, inputs: list[int], num_items_in_batch: Any = None) -> Any:
        """Add up the gradients of one optimizer step; return its loss, times the processes."""
        model.train()
        self.memory_ran_out = 0
        while True:
            try:
                return self._learn(model, inputs)
            except torch.OutOfMemoryError:
                self.memory_ran_out += 1
            # Here, the failed pass is no longer held by its exception.
            self._shrink(model)

    def _learn(self, model: Any, places: Sequence[int]) -> Any:
        learnt = int(self.work.rows.learnt[list(places)].sum())
        # Gradients are averaged over processes, so each one's share counts that much more.
        weight = self.accelerator.num_processes / max(1, learnt)
        passes = self._passes(self.work.rows, places)
        total = torch.zeros((), device=self.args.device)
        for left, row_places in zip(range(len(passes) - 1, -1, -1), passes, strict=True):
            alone = self.accelerator.no_sync(model) if left else nullcontext()
            with alone:
                loss = self._summed(model, self.work.rows, row_places) * weight
                self.accelerator.backward(loss)
            total += loss.detach()
        return total

    def _passes(self, rows: Rows, places: Sequence[int]) -> list[list[int]]:
        return rows.passes(
            places,
            self.plan.rows,
            process=self.args.process_index,
            processes=self.accelerator.num_processes,
            even=self.work.plan.compiled,
        )

    def _summed(self, model: Any, rows: Rows, places: Sequence[int]) -> Any:
        batch = {
            name: values.to(self.args.device, non_blocking=True)
            for name, values in rows.batch(places).items()
        }
        return model(**batch).loss

    def _shrink(self, model: Any) -> None:
        """Forget a step that was begun, and make its forward passes smaller."""
        before, self.plan = self.plan, halved(self.plan)
        if self.accelerator.num_processes > 1:
            # The others wait for gradients that will not come, so none can go on.
            note_plan(Path(self.args.output_dir), self.plan)
            raise CuratorError(
                f"the memory of process {self.args.process_index} ran out in a forward pass of "
                f"{before.micro_tokens} tokens: start again with resume, which goes on from the "
                "last checkpoint with smaller passes"
            )
        model.zero_grad()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if self.plan.checkpointing and not before.checkpointing:
            recompute_activations(self.model)

    def get_eval_dataloader(self, eval_dataset: Any = None) -> Any:
        """Return the held-out rows; `evaluation_loop` cuts them into forward passes."""
        return eval_dataset or self.work.held_out

    def evaluation_loop(
        self,
        dataloader: Any,
        description: str,
        prediction_loss_only: bool | None = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> EvalLoopOutput:
        """Return the loss over all supervised tokens held out, each counted once."""
        rows: Rows = dataloader
        sums = torch.zeros((), dtype=torch.float64, device=self.args.device)
        self.model.eval()
        with torch.no_grad(), uncompiled(self.model):
            for places in self._passes(rows, range(len(rows))):
                sums += self._summed(self.model, rows, places).double()
        self.model.train()
        sums = self.accelerator.reduce(sums, "sum")
        loss = float(sums) / max(1, int(rows.learnt.sum()))
        found = {f"{metric_key_prefix}_loss": loss}
        return EvalLoopOutput(None, None, found, num_samples=len(rows))

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        self.state.epoch = self.work.schedule.epochs_after(self.state.global_step)
        super().log(logs, start_time)
        if "grad_norm" in logs:
            # Steps are in the journal; here they would make every checkpoint larger.
            self.state.log_history.pop()

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Save, then say that the checkpoint is whole, then remove those no longer needed."""
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            folder, step = Path(self.args.output_dir), self.state.global_step
            facts = {
                "belongs": self.work.fingerprint,
                "processes": self.accelerator.num_processes,
                "plan": cut_of(self.plan),
                "finished": self._is_finished(),
            }
            seal(checkpoint_folder(folder, step), facts)
            clear(folder, keep={step, self.state.best_global_step})

    def _is_finished(self) -> bool:
        """Say whether the run came to its end, whoever else may have asked it to stop."""
        patience = self.work.settings.patience
        done: bool = self.state.global_step >= self.work.schedule.steps
        return done or bool(patience and impatient(looks(self.state), patience))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        if self.is_fsdp_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)
        else:
            load_weights(self.model, Path(resume_from_checkpoint))

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None or self.is_fsdp_enabled:
            super()._load_optimizer_and_scheduler(checkpoint)
        else:
            # transformers 5.17 asks for a device "cpu:0", which torch cannot restore.
            load_state(self.optimizer, Path(checkpoint) / "optimizer.pt")
            load_state(self.lr_scheduler, Path(checkpoint) / "scheduler.pt")

    def load_best(self) -> int | None:
        """Put back the weights whose held-out loss was lowest, and return after which step."""
        best: int | None = self.state.best_global_step
        if best is None or best == self.state.global_step:
            return None
        folder = checkpoint_folder(Path(self.args.output_dir), best)
        if not folder.exists():
            return None
        if self.is_fsdp_enabled:
            self.state.best_model_checkpoint = str(folder)
            self._load_best_model()
        else:
            load_weights(self.model, folder)
        return best

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        super()._save(output_dir, state_dict)
        # The arguments are in the settings, and this file would be a pickle.
        (Path(output_dir or self.args.output_dir) / "training_args.bin").unlink(missing_ok=True)


def _only(steps: list[list[int]]) -> list[int]:
    return steps[0]
